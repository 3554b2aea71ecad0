// Microcontrollers with figures from public documents; a figure without one stays empty. "MLPerf Tiny" is the
// system description that the submitter published with its MLPerf Tiny results (mlcommons/tiny_results_*).
#include <array>

#include "lib/target/target.h"

namespace tinyc {
namespace {

constexpr std::nullopt_t unknown = std::nullopt;

constexpr std::array mcus{
    Mcu{"cc2340r2", "cortex-m0plus", 48, unknown, unknown, "TI data sheet SWRS282"},
    Mcu{"rp2040", "cortex-m0plus", 133, unknown, 264, "MicroPython rp2 documentation (flash is external)"},
    Mcu{"stm32g0b1", "cortex-m0plus", 64, 512, 144, "MLPerf Tiny, Bosch"},
    Mcu{"stm32l072", "cortex-m0plus", 32, 192, 20, "ST data sheet DocID027100 Rev 4"},
    Mcu{"apollo3", "cortex-m4", 96, 1024, 384, "Zephyr boards/ambiq/apollo3_evb (96 MHz is the burst clock)"},
    Mcu{"apollo4-plus", "cortex-m4", 192, 2048, 2816, "Zephyr boards/ambiq/apollo4p_evb"},
    Mcu{"m467", "cortex-m4", 200, unknown, unknown, "MLPerf Tiny, Nuvoton"},
    Mcu{"nrf52840", "cortex-m4", 64, 1024, 256, "PlatformIO documentation, nrf52840_dk"},
    Mcu{"psoc62", "cortex-m4", 150, 2048, 1024, "MLPerf Tiny, Plumerai (CY8CPROTO-062-4343W)"},
    Mcu{"stm32l476", "cortex-m4", 80, 1024, 128, "Zephyr boards/st/nucleo_l476rg"},
    Mcu{"stm32l4r5", "cortex-m4", 120, 2048, 640, "Zephyr boards/st/nucleo_l4r5zi"},
    Mcu{"stm32wb55", "cortex-m4", 64, 1024, unknown, "Zephyr boards/st/nucleo_wb55rg"},
    Mcu{"mimxrt1062", "cortex-m7", 600, unknown, 1024, "NXP AN12245 (flash is external)"},
    Mcu{"stm32f746", "cortex-m7", 216, 1024, 320, "MLPerf Tiny, Plumerai and Bosch"},
    Mcu{"stm32h743", "cortex-m7", 480, 2048, 1024, "Zephyr boards/st/nucleo_h743zi"},
    Mcu{"stm32h7a3", "cortex-m7", 280, 2048, unknown, "MLPerf Tiny, ST"},
    Mcu{"efr32mg24", "cortex-m33", 78, 1536, 256, "MLPerf Tiny, Silicon Labs"},
    Mcu{"lpc55s69", "cortex-m33", 150, unknown, unknown, "NXP article, allaboutcircuits.com 2020-09-24"},
    Mcu{"nrf5340", "cortex-m33", 128, 1024, 512, "Zephyr nrf5340dk, nrf5340_cpuapp_qkaa.dtsi (application core)"},
    Mcu{"nrf54l15", "cortex-m33", 128, unknown, unknown, "Nordic documentation, nRF54L15 IAPPCPU0"},
    Mcu{"ra6m4", "cortex-m33", 200, 1024, 256, "MLPerf Tiny v0.7, Renesas"},
    Mcu{"stm32u385", "cortex-m33", 96, 1024, 256, "MLPerf Tiny v1.3, ST"},
    Mcu{"stm32u575", "cortex-m33", 160, 2048, 786, "Zephyr boards/st/b_u585i_iot02a (the same die with cryptography)"},
    Mcu{"alif-e8-hp", "cortex-m55", 400, unknown, unknown, "Zephyr ensemble_e8_dk (high-performance core)"},
    Mcu{"alif-e8-he", "cortex-m55", 160, unknown, unknown, "Zephyr ensemble_e8_dk (high-efficiency core)"},
    Mcu{"ra8d1", "cortex-m85", 480, unknown, unknown, "MLPerf Tiny v1.2, Renesas"},
};

}  // namespace

std::span<const Mcu> all_mcus() { return mcus; }

}  // namespace tinyc
